//! Writing files whole: what was there stays until the new contents are complete.

use std::io::{self, Write as _};
use std::path::Path;

/// Who may do what with a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// An ordinary file that the user named; one that is there already keeps its rights, and a symbolic link is
    /// followed, so that it stays one.
    Shared,
    /// An ordinary file under a name that was made; a symbolic link in its place is replaced, so that nothing is
    /// written where it leads. A new one is not waited for until it is on the disk: it can be made again.
    Generated,
    /// For its owner only: state that may hold what was deployed.
    Private,
    /// A program.
    Executable,
}

/// Writes a file: to a temporary one beside it, which then takes its name.
///
/// What is no file, such as a pipe or `/dev/stdout`, cannot be replaced and is written to.
///
/// # Errors
/// When the file system refuses; the old contents are then still there.
pub fn write_whole(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    let followed = if access == Access::Shared { std::fs::canonicalize(path).ok() } else { None };
    let path = followed.as_deref().unwrap_or(path);
    let old = std::fs::symlink_metadata(path).ok();
    if old.as_ref().is_some_and(|m| !m.is_file() && !m.is_dir() && !m.is_symlink()) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(contents);
    }
    if old.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gatewright-");
    #[cfg(unix)]
    let mode = {
        use std::os::unix::fs::PermissionsExt as _;
        let kept = old.as_ref().filter(|m| m.is_file()).map(|m| m.permissions().mode() & 0o777);
        let mode = match access {
            Access::Shared | Access::Generated => kept.unwrap_or(0o644),
            Access::Private => 0o600,
            Access::Executable => 0o755,
        };
        // The rights of a new file are narrowed by the user's umask.
        builder.permissions(std::fs::Permissions::from_mode(mode));
        kept.filter(|_| matches!(access, Access::Shared | Access::Generated))
    };
    #[cfg(not(unix))]
    let _ = access;
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(contents)?;
    #[cfg(unix)]
    if let Some(mode) = mode {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    if access != Access::Generated || old.is_some() {
        file.as_file().sync_all()?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_whole(&path, b"one", Access::Shared).unwrap();
        write_whole(&path, b"two", Access::Private).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_whole(folder.path(), b"x", Access::Shared).is_err());
        assert!(write_whole(&folder.path().join("no/a.txt"), b"x", Access::Shared).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_rights_stay_what_they_are() {
        use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.txt"), folder.path().join("link"));
        std::fs::write(&path, "one").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("a.txt", &link).unwrap();
        write_whole(&link, b"two", Access::Shared).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        write_whole(&link, b"three", Access::Generated).unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), std::fs::read(&link).unwrap()), (b"two".into(), b"three".into()));
        write_whole(Path::new("/dev/null"), b"x", Access::Shared).unwrap();
        assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
