//! The entry points: parsing a Dockerfile and planning its build.

use std::collections::BTreeMap;

use crate::context::Context;
use crate::fault::{DockerfileError, Fault};
use crate::file::Dockerfile;
use crate::options::PlanOptions;
use crate::plan::Plan;
use crate::walk::Walk;

impl Dockerfile {
    /// Parses a Dockerfile.
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
    /// If a builder would reject the file: all faults, each with its position.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, DockerfileError> {
        Self::checked(bytes, file, None)
    }

    /// Parses a Dockerfile for these options. If the file has faults, those that [`plan`](Self::plan) would find are
    /// reported too.
    ///
    /// # Errors
    ///
    /// If the file is invalid: the faults of [`parse`](Self::parse) and of [`plan`](Self::plan).
    pub fn parse_for(bytes: &[u8], file: &str, options: &PlanOptions) -> Result<Self, DockerfileError> {
        Self::checked(bytes, file, Some(options))
    }

    fn checked(bytes: &[u8], file: &str, options: Option<&PlanOptions>) -> Result<Self, DockerfileError> {
        let (dockerfile, mut faults) = Self::read(bytes, file)?;
        if faults.is_empty() {
            return Ok(dockerfile);
        }
        // Faults other than those of the syntax are reported in the same run if the valid part shows them.
        if let Some(options) = options {
            faults.extend(dockerfile.further_faults(options));
        }
        Err(DockerfileError::new(faults))
    }

    /// Finds the faults that are not errors of the syntax, in a file that has syntax errors.
    fn further_faults(&self, options: &PlanOptions) -> Vec<Fault> {
        let context = Context::new();
        let mut walk = Walk::new(self, options, &context, BTreeMap::new());
        let globals = walk.all();
        let empty = walk.empty_bases();
        let mut faults = walk.error(&globals).faults().to_vec();
        faults.extend(empty);
        faults
    }

    /// Applies the instructions of all stages.
    ///
    /// The context may be empty at first; [`Plan::wanted`] lists the files that are missing in it.
    ///
    /// # Errors
    ///
    /// If the target stage does not exist, the name of a base image is invalid after expansion, or a substitution is
    /// invalid: all such faults.
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
        // What a stage installs may depend on the environment of its image, so all stages are processed again.
        let mut walk = Walk::new(self, options, context, replaced);
        let globals = walk.all();
        if !walk.faults.is_empty() {
            return Err(walk.error(&globals));
        }
        Ok(walk.finish(target, &globals))
    }
}
