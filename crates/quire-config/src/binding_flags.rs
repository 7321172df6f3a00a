//! Bindings given on the command line: `--kv`, `--d1`, `--r2`, `--do` and `--service`.

use crate::bindings::{
    D1Database, DurableObjectBinding, KvNamespace, R2Bucket, RESERVED, ServiceBinding,
    is_bucket_name,
};

/// An argument that describes no binding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read `{flag} {argument}`; write `{flag} {form}`")]
pub struct BindingFlagError {
    flag: &'static str,
    form: &'static str,
    argument: String,
}

fn error(flag: &'static str, form: &'static str, argument: &str) -> BindingFlagError {
    BindingFlagError {
        flag,
        form,
        argument: argument.to_owned(),
    }
}

/// Whether a name can be had: the assets always have one.
fn is_free(name: &str) -> bool {
    !name.is_empty() && name != RESERVED
}

/// `NAME` or `NAME=ID`; the name stands for a missing id.
fn name_and_id(argument: &str) -> Option<(String, String)> {
    let (name, id) = argument.split_once('=').unwrap_or((argument, argument));
    (is_free(name) && !id.is_empty()).then(|| (name.to_owned(), id.to_owned()))
}

/// Reads the argument of `--kv`.
pub fn parse_kv_flag(argument: &str) -> Result<KvNamespace, BindingFlagError> {
    let (binding, id) =
        name_and_id(argument).ok_or_else(|| error("--kv", "NAME[=ID]", argument))?;
    Ok(KvNamespace {
        binding,
        id,
        preview_id: None,
    })
}

/// Reads the argument of `--d1`.
pub fn parse_d1_flag(argument: &str) -> Result<D1Database, BindingFlagError> {
    let (binding, database_id) =
        name_and_id(argument).ok_or_else(|| error("--d1", "NAME[=ID]", argument))?;
    Ok(D1Database {
        binding,
        database_id,
        preview_database_id: None,
        database_name: Some(format!("local-{argument}")),
        migrations_dir: None,
        migrations_table: None,
    })
}

/// Reads the argument of `--r2`.
pub fn parse_r2_flag(argument: &str) -> Result<R2Bucket, BindingFlagError> {
    let (binding, bucket_name) = name_and_id(argument)
        .filter(|(name, bucket)| name == bucket || is_bucket_name(bucket))
        .ok_or_else(|| {
            error(
                "--r2",
                "NAME[=BUCKET], the bucket in 3 to 63 lower-case letters, digits and hyphens",
                argument,
            )
        })?;
    Ok(R2Bucket {
        binding,
        bucket_name,
        preview_bucket_name: None,
    })
}

/// Reads the argument of `--do`.
pub fn parse_durable_object_flag(argument: &str) -> Result<DurableObjectBinding, BindingFlagError> {
    let parts = argument.split_once('=').map(|(name, class)| {
        let (class, script) = class
            .split_once('@')
            .map_or((class, None), |(class, script)| (class, Some(script)));
        (name, class, script)
    });
    match parts {
        Some((name, class, script)) if is_free(name) && !class.is_empty() && script != Some("") => {
            Ok(DurableObjectBinding {
                name: name.to_owned(),
                class_name: class.to_owned(),
                script_name: script.map(str::to_owned),
                environment: None,
            })
        }
        _ => Err(error("--do", "NAME=CLASS[@SCRIPT]", argument)),
    }
}

/// Reads the argument of `--service`.
pub fn parse_service_flag(argument: &str) -> Result<ServiceBinding, BindingFlagError> {
    let form = || {
        error(
            "--service",
            "NAME=SERVICE[@ENVIRONMENT][#ENTRYPOINT]",
            argument,
        )
    };
    let (binding, target) = argument.split_once('=').ok_or_else(form)?;
    let (target, entrypoint) = split_optional(target, '#');
    let (service, environment) = split_optional(target, '@');
    if !is_free(binding) || [Some(service), environment, entrypoint].contains(&Some("")) {
        return Err(form());
    }
    Ok(ServiceBinding {
        binding: binding.to_owned(),
        service: service.to_owned(),
        environment: environment.map(str::to_owned),
        entrypoint: entrypoint.map(str::to_owned),
        props: None,
    })
}

fn split_optional(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_ids() {
        let kv = parse_kv_flag("CACHE").unwrap();
        assert_eq!((kv.binding.as_str(), kv.id.as_str()), ("CACHE", "CACHE"));
        let kv = parse_kv_flag("CACHE=abc=d").unwrap();
        assert_eq!((kv.binding.as_str(), kv.id.as_str()), ("CACHE", "abc=d"));
        let d1 = parse_d1_flag("DB=1").unwrap();
        assert_eq!(
            (d1.database_id.as_str(), d1.database_name.as_deref()),
            ("1", Some("local-DB=1"))
        );
        assert_eq!(
            parse_r2_flag("FILES=my-bucket").unwrap().bucket_name,
            "my-bucket"
        );
        assert_eq!(parse_r2_flag("FILES").unwrap().bucket_name, "FILES");
        for bad in ["", "=", "=x", "X=", "ASSETS"] {
            assert!(
                parse_kv_flag(bad).is_err()
                    && parse_d1_flag(bad).is_err()
                    && parse_r2_flag(bad).is_err()
            );
        }
        assert_eq!(
            parse_kv_flag("=x").unwrap_err().to_string(),
            "cannot read `--kv =x`; write `--kv NAME[=ID]`"
        );
        assert!(parse_r2_flag("FILES=No_Bucket").is_err());
    }

    #[test]
    fn objects_and_services() {
        let object = parse_durable_object_flag("ROOM=Room@chat").unwrap();
        assert_eq!(
            (object.name.as_str(), object.class_name.as_str()),
            ("ROOM", "Room")
        );
        assert_eq!(object.script_name.as_deref(), Some("chat"));
        assert_eq!(
            parse_durable_object_flag("ROOM=Room").unwrap().script_name,
            None
        );
        for bad in ["ROOM", "ROOM=", "=Room", "ROOM=@x", "ROOM=Room@"] {
            assert!(parse_durable_object_flag(bad).is_err(), "{bad}");
        }
        let service = parse_service_flag("AUTH=auth@staging#Login").unwrap();
        assert_eq!(
            (
                service.service.as_str(),
                service.environment.as_deref(),
                service.entrypoint.as_deref()
            ),
            ("auth", Some("staging"), Some("Login"))
        );
        assert_eq!(
            parse_service_flag("AUTH=auth#Login").unwrap().environment,
            None
        );
        for bad in [
            "AUTH",
            "AUTH=",
            "=auth",
            "AUTH=auth@",
            "AUTH=auth#",
            "AUTH=@x",
        ] {
            assert!(parse_service_flag(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_fine(text in ".{0,30}") {
            let _ = (parse_kv_flag(&text), parse_d1_flag(&text), parse_r2_flag(&text));
            let _ = (parse_durable_object_flag(&text), parse_service_flag(&text));
        }
    }
}
