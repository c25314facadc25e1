//! Reading a Dockerfile and planning its build.

use std::collections::BTreeMap;

use crate::context::Context;
use crate::fault::{DockerfileError, Fault};
use crate::file::Dockerfile;
use crate::options::PlanOptions;
use crate::plan::Plan;
use crate::walk::Walk;

impl Dockerfile {
    /// Reads a Dockerfile.
    ///
    /// ```
    /// use wheelbase::dockerfile::{Context, Dockerfile, PlanOptions};
    ///
    /// let dockerfile = Dockerfile::parse(b"FROM python:3.12-slim\nRUN pip install flask==3.0.0\n", "Dockerfile")?;
    /// let plan = dockerfile.plan(&PlanOptions::default(), &Context::new())?;
    /// let step = plan.stages[0].installs().next().expect("one step");
    /// assert_eq!(step.requirements[0].0, "flask==3.0.0");
    /// assert_eq!(step.origin.to_string(), "Dockerfile:2:5");
    /// # Ok::<(), wheelbase::dockerfile::DockerfileError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every fault that a builder would stop at, each with its place.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, DockerfileError> {
        Self::checked(bytes, file, None)
    }

    /// The same with what a builder is told, so that a faulty file's further faults are told too.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse), and what [`plan`](Self::plan) would stop at.
    pub fn parse_for(bytes: &[u8], file: &str, options: &PlanOptions) -> Result<Self, DockerfileError> {
        Self::checked(bytes, file, Some(options))
    }

    fn checked(bytes: &[u8], file: &str, options: Option<&PlanOptions>) -> Result<Self, DockerfileError> {
        let (dockerfile, mut faults) = Self::read(bytes, file)?;
        if faults.is_empty() {
            return Ok(dockerfile);
        }
        // What is wrong beyond the syntax is told in the same run, as far as the rest can be walked.
        if let Some(options) = options {
            faults.extend(dockerfile.further_faults(options));
        }
        Err(DockerfileError::new(faults))
    }

    /// Faults that only walking the stages shows, of a file that has others.
    fn further_faults(&self, options: &PlanOptions) -> Vec<Fault> {
        let context = Context::new();
        let mut walk = Walk::new(self, options, &context, BTreeMap::new());
        let globals = walk.all();
        let empty = walk.empty_bases();
        let mut faults = walk.error(&globals).faults().to_vec();
        faults.extend(empty);
        faults
    }

    /// Walks the stages.
    ///
    /// The context may be empty at first; what is missing comes back as [`Plan::wanted`].
    ///
    /// # Errors
    ///
    /// If the target stage does not exist, a base name expands to nothing that is one, or a substitution is bad:
    /// every such fault.
    pub fn plan(&self, options: &PlanOptions, context: &Context) -> Result<Plan, DockerfileError> {
        let mut walk = Walk::new(self, options, context, BTreeMap::new());
        let globals = walk.all();
        let target = walk.target();
        if !walk.faults.is_empty() {
            return Err(walk.error(&globals));
        }
        let replaced = walk.replaced(target);
        if replaced.is_empty() {
            return Ok(walk.finish(target, &globals));
        }
        // What a stage installs may rest on what its image sets, so the stages are walked once more on the other one.
        let mut walk = Walk::new(self, options, context, replaced);
        let globals = walk.all();
        if !walk.faults.is_empty() {
            return Err(walk.error(&globals));
        }
        Ok(walk.finish(target, &globals))
    }
}
