//! Real Dockerfiles, with the complete plan in snapshots.

use std::fs;
use std::path::{Path, PathBuf};

use wheelbase::dockerfile::{Context, Dockerfile, Ignore, PlanOptions, Purpose};

use super::render;

fn folder() -> PathBuf {
    Path::new(root!()).join("tests/dockerfile/files")
}

/// Plans a file of the folder; a `NAME.context` folder next to it supplies the requested files.
fn read(name: &str, options: &PlanOptions) -> String {
    let bytes = fs::read(folder().join(format!("{name}.Dockerfile"))).unwrap();
    let dockerfile = match Dockerfile::parse(&bytes, "Dockerfile") {
        Ok(dockerfile) => dockerfile,
        Err(error) => return format!("{error}\n"),
    };
    let root = folder().join(format!("{name}.context"));
    let mut context = Context::new();
    for _ in 0..5 {
        let plan = match dockerfile.plan(options, &context) {
            Ok(plan) => plan,
            Err(error) => return format!("{error}\n"),
        };
        if plan.wanted().is_empty() || !root.exists() {
            return render::plan(&plan);
        }
        for wanted in plan.wanted() {
            let content = fs::read(root.join(&wanted.path)).ok();
            if wanted.purpose == Purpose::Ignore {
                let text = content.map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
                context.set_ignore(Ignore::parse(&text, ".dockerignore"));
            } else {
                context.answer(&wanted.path, content.as_deref());
            }
        }
    }
    panic!("the plan wants files without end");
}

macro_rules! snapshots {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                    insta::assert_snapshot!(stringify!($name), read(stringify!($name), &PlanOptions::default()));
                });
            }
        )*

        /// Every file has a snapshot.
        #[test]
        fn every_file_has_a_snapshot() {
            let named = [$(stringify!($name)),*];
            for entry in fs::read_dir(folder()).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                if let Some(stem) = name.strip_suffix(".Dockerfile") {
                    assert!(named.contains(&stem), "{stem}");
                }
            }
        }
    };
}

snapshots! {
    single_slim, awkward_continuations, arg_in_from, distroless_venv, alpine_virtual, uv_sync_mounts, uv_binary_mount,
    poetry_in_project, poetry_export, poetry_system, pipenv_deploy, pipenv_requirements, pdm, wheels, heredocs,
    exec_form_onbuild_crlf, escape_backquote, scripts, undetermined, pip_config_and_env, prefix_install, site_packages,
    unused_stages, dockerignored, ubi, lambda, pip_tools, uv_export_run, conditions, broken, broken_substitution,
    wheel_stage_of_a_template, build_deps_variable, constraints_from_url, debian_venv_and_rust,
}
