//! The code of a function: a program, alone or in a ZIP file with a `bootstrap`, or a ZIP file of modules.

use std::io::Read as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::emulator::lambda::is_native;
use crate::source::{Access, write_whole};

use super::Control;
use super::function::{BOOTSTRAP, Function, invalid};
use super::refusal::{Exception, Refusal};

/// Bytes; the most that a package may have as it is sent (reports of users).
const MAX_PACKED: usize = 52_428_800;
/// Bytes; the most that a package may have when it is unpacked.
const MAX_UNPACKED: u64 = 262_144_000;

/// Returns whether code is a program itself, rather than an archive with one: an executable of Linux, macOS or Windows, or
/// a script.
fn is_program(code: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 7] =
        [b"\x7fELF", b"#!", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"];
    BEGINNINGS.iter().any(|beginning| code.starts_with(beginning))
}

/// Puts a function's code in a folder of its own, named after its hash, and returns the executable, or where that would be
/// among the modules of a runtime that has its own.
pub(super) fn unpack(control: &Control, function: &mut Function, code: &str) -> Result<PathBuf, Refusal> {
    let unreadable = |_: &dyn std::fmt::Display| {
        invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
    };
    let bytes = STANDARD.decode(code).map_err(|error| unreadable(&error))?;
    if bytes.len() > MAX_PACKED {
        return Err(invalid(&format!("Zipped size must be smaller than {MAX_PACKED} bytes")));
    }
    let hash = Sha256::digest(&bytes);
    function.code_sha256 = STANDARD.encode(hash);
    function.code_size = bytes.len() as u64;
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let folder = control.functions_folder()?.join(&function.function_name).join(hex);
    let unwritable = |error: std::io::Error| {
        Refusal::new(Exception::ServiceUnavailable, format!("cannot keep the function's code: {error}"))
    };
    std::fs::create_dir_all(&folder).map_err(unwritable)?;
    let native = is_native(&function.runtime);
    if native && is_program(&bytes) {
        let file = folder.join(BOOTSTRAP);
        write_whole(&file, &bytes, Access::Executable).map_err(unwritable)?;
        return Ok(file);
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut unpacked = 0u64;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
        // Names that would leave the folder are refused.
        let name = entry.enclosed_name().ok_or_else(|| unreadable(&"a file in it has no safe name"))?;
        let path = folder.join(name);
        if entry.is_dir() {
            std::fs::create_dir_all(&path).map_err(unwritable)?;
            continue;
        }
        let mut contents = Vec::new();
        let left = MAX_UNPACKED.saturating_sub(unpacked);
        entry.by_ref().take(left + 1).read_to_end(&mut contents).map_err(|error| unreadable(&error))?;
        unpacked += contents.len() as u64;
        if unpacked > MAX_UNPACKED {
            return Err(invalid(&format!("Unzipped size must be smaller than {MAX_UNPACKED} bytes")));
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(unwritable)?;
        }
        // A process that runs the old program keeps it.
        write_whole(&path, &contents, Access::Executable).map_err(unwritable)?;
    }
    let named = folder.join(BOOTSTRAP);
    if !native || named.is_file() {
        return Ok(named);
    }
    Err(invalid("The ZIP file has no `bootstrap`: it must hold the executable under this name"))
}
