FROM public.ecr.aws/lambda/python:3.12
COPY requirements.txt ${LAMBDA_TASK_ROOT}/
ENV TASK=/var/task
RUN pip install -r requirements.txt --target "${TASK}"
CMD [ "app.handler" ]
