//! The templates, as the rules read them: line by line, for what they are written like, not as a compiler would.

use std::collections::{BTreeMap, BTreeSet};

use super::{entries, name, read};

/// One template.
pub(super) struct Template {
    /// Its file's name without `.bicep`.
    pub(super) name: String,
    /// Its text without comments and descriptions.
    pub(super) code: String,
}

/// Every template in `infra`.
pub(super) fn templates() -> Vec<Template> {
    let files = entries("infra").into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "bicep"));
    files.map(|path| Template { name: name(&path), code: code(&read(&path)) }).collect()
}

/// One template by its name.
pub(super) fn template(name: &str) -> Template {
    templates().into_iter().find(|template| template.name == name).unwrap_or_else(|| panic!("there is no infra/{name}.bicep"))
}

impl Template {
    /// Its lines.
    pub(super) fn lines(&self) -> Vec<&str> {
        self.code.lines().collect()
    }

    /// What is in the block that a line with this text opens; its braces stand one below the other.
    pub(super) fn block(&self, opening: &str) -> Vec<&str> {
        let block = block(&self.lines(), opening);
        assert!(!block.is_empty(), "infra/{}.bicep has no {opening}", self.name);
        block
    }

    /// Its declarations of a kind (`param`, `output`, `module`), by name, with what follows the name in the line.
    pub(super) fn declared(&self, kind: &str) -> BTreeMap<&str, &str> {
        let declarations = self.code.lines().filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' ')?.split_once(' '));
        declarations.collect()
    }

    /// Its parameters that are secret.
    pub(super) fn secure(&self) -> BTreeSet<&str> {
        let after = self.code.split("@secure()\nparam ").skip(1);
        after.filter_map(|text| text.split(' ').next()).collect()
    }
}

/// What is in the block that a line with this text opens, of these lines; nothing where there is none.
pub(super) fn block<'a>(lines: &[&'a str], opening: &str) -> Vec<&'a str> {
    let Some(start) = lines.iter().position(|line| line.trim_start().starts_with(opening)) else { return Vec::new() };
    let closes = |line: &&&str| depth(line) == depth(lines[start]) && line.trim_start().starts_with(['}', ']']);
    let end = lines[start + 1..].iter().take_while(|line| !closes(line)).count();
    lines[start + 1..start + 1 + end].to_vec()
}

/// The properties of a block, with their values; not those of the objects in it.
pub(super) fn properties<'a>(block: &[&'a str]) -> BTreeMap<&'a str, &'a str> {
    let outermost = block.iter().map(|line| depth(line)).min().unwrap_or_default();
    let lines = block.iter().filter(|line| depth(line) == outermost);
    lines.filter_map(|line| line.trim().split_once(": ")).collect()
}

/// The strings in a block, in quotes.
pub(super) fn strings<'a>(block: &[&'a str]) -> BTreeSet<&'a str> {
    block.iter().flat_map(|line| line.split('\'').skip(1).step_by(2)).collect()
}

fn code(text: &str) -> String {
    let is_code = |line: &&str| !["//", "@description("].iter().any(|start| line.trim_start().starts_with(start));
    text.lines().filter(is_code).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[test]
fn a_block_ends_where_it_began() {
    let text = "// a\n@description('b')\n@secure()\nparam c string\n\nvar d = {\n  e: 'f'\n  g: {\n    h: ['i', 'j']\n  }\n}\nvar k = {\n}\n";
    let template = Template { name: "t".to_owned(), code: code(text) };
    assert_eq!(template.declared("param").into_iter().collect::<Vec<_>>(), [("c", "string")]);
    assert_eq!(template.secure().into_iter().collect::<Vec<_>>(), ["c"]);
    let block = template.block("var d = {");
    assert_eq!(properties(&block).into_iter().collect::<Vec<_>>(), [("e", "'f'"), ("g", "{")]);
    assert_eq!(strings(&block).into_iter().collect::<Vec<_>>(), ["f", "i", "j"]);
}
