//! Which C library a program asks for.

use object::{
    Architecture, Object, SectionIndex,
    read::elf::{ElfFile64, VerneedIterator},
};

use super::fault::Fault;

/// The newest glibc that a handler may ask for: what Debian 11 has, the oldest that instances of Azure Functions run on.
pub const NEWEST_GLIBC: (u32, u32) = (2, 31);

type Elf<'a> = ElfFile64<'a, object::Endianness>;

/// What is wrong with a handler's file: it is no program for Linux on x86-64, or asks for a glibc newer than [`NEWEST_GLIBC`].
pub(super) fn faults(program: &[u8]) -> Vec<Fault> {
    let elf = match Elf::parse(program) {
        Ok(elf) if elf.architecture() == Architecture::X86_64 => elf,
        _ => return vec![Fault::Handler("is no program for Linux on x86-64: build it with `switchboard package`".to_owned())],
    };
    match versions(&elf) {
        Ok(versions) => versions.into_iter().filter(|version| is_too_new(version)).map(too_new).collect(),
        Err(_) => vec![Fault::Handler("does not say which C library it needs: build it again".to_owned())],
    }
}

/// The versions that the program asks for, of every library: `GLIBC_2.31`, `GCC_3.0`. None where it is linked statically.
fn versions(elf: &Elf) -> object::Result<Vec<String>> {
    let (endian, data, sections) = (elf.endian(), elf.data(), elf.elf_section_table());
    let Some((needs, strings)): Option<(VerneedIterator<_>, SectionIndex)> = sections.gnu_verneed(endian, data)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, data, strings)?;
    let mut versions = Vec::new();
    let mut needs = needs;
    while let Some((_, mut of_library)) = needs.next()? {
        while let Some(version) = of_library.next()? {
            versions.push(String::from_utf8_lossy(version.name(endian, strings)?).into_owned());
        }
    }
    versions.sort();
    versions.dedup();
    Ok(versions)
}

/// A version of glibc that is no number, such as `GLIBC_PRIVATE`, is promised by none.
fn is_too_new(version: &str) -> bool {
    let Some(number) = version.strip_prefix("GLIBC_") else { return false };
    let mut parts = number.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) > NEWEST_GLIBC,
        _ => true,
    }
}

fn too_new(version: String) -> Fault {
    let (major, minor) = NEWEST_GLIBC;
    Fault::Glibc(version, format!("{major}.{minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_debian_11_has_is_not_too_new() {
        for version in ["GLIBC_2.2.5", "GLIBC_2.31", "GLIBC_2.9", "GCC_3.0", "GCC_14.1"] {
            assert!(!is_too_new(version), "{version}");
        }
        for version in ["GLIBC_2.32", "GLIBC_2.100", "GLIBC_3.0", "GLIBC_PRIVATE"] {
            assert!(is_too_new(version), "{version}");
        }
    }

    #[test]
    fn the_versions_of_a_program_are_read() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let versions = versions(&Elf::parse(&*this).unwrap()).unwrap();
        assert!(versions.iter().any(|version| version == "GLIBC_2.2.5"), "{versions:?}");
    }

    #[test]
    fn what_is_no_program_for_linux_is_told() {
        for file in [&b"MZ\x90\0"[..], b"\x7fELF", b"#!/bin/sh\n", b""] {
            assert!(matches!(faults(file)[..], [Fault::Handler(_)]));
        }
    }
}
