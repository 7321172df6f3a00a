//! Folders for what lasts.

use crate::StoreError;
use std::fs;
use std::path::Path;

/// Makes a folder. If one on the way to it is called `.quire`, that keeps itself out of version control.
pub fn create(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
    let own = folder.ancestors().find(|path| path.ends_with(".quire"));
    if let Some(ignore) = own.map(|own| own.join(".gitignore"))
        && !ignore.exists()
    {
        fs::write(&ignore, "*\n").map_err(StoreError::file(&ignore))?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_the_project_is_not_committed() {
        let project = tempfile::TempDir::new().unwrap();
        create(&project.path().join(".quire/state/cache")).unwrap();
        let ignore = project.path().join(".quire/.gitignore");
        assert_eq!(fs::read_to_string(&ignore).unwrap(), "*\n");
        fs::write(&ignore, "mine").unwrap();
        create(&project.path().join(".quire/state/other")).unwrap();
        assert_eq!(fs::read_to_string(&ignore).unwrap(), "mine");
        create(&project.path().join("elsewhere")).unwrap();
        assert!(!project.path().join(".gitignore").exists());
    }
}
