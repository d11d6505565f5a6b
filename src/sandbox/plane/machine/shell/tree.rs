//! A script as a tree.

use std::sync::{Arc, OnceLock};

/// A script, or the inside of a `$(…)`.
#[derive(Debug, Default)]
pub struct Script {
    /// The commands that could be read, in order.
    pub items: Vec<Item>,
    /// What stands after them and could not be read. A shell runs what comes before it all the same.
    pub trouble: Option<Trouble>,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub line: u32,
    pub kind: TroubleKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// A syntax error: bash's words, without file and line, and the line that it shows.
    Syntax(String, Option<String>),
    /// Commands or expansions inside too many others.
    Deep,
}

pub type List = Vec<Item>;

/// Commands that are joined by `&&` and `||`.
#[derive(Debug)]
pub struct Item {
    pub chain: Arc<Chain>,
    /// Whether it ends with `&`.
    pub background: bool,
}

#[derive(Debug)]
pub struct Chain {
    pub first: Pipeline,
    /// Each after `&&` (`true`) or `||`.
    pub rest: Vec<(bool, Pipeline)>,
}

impl Item {
    /// A command by itself.
    pub fn alone(command: Command) -> Self {
        let first = Pipeline { negated: false, stages: vec![Arc::new(command)] };
        Self { chain: Arc::new(Chain { first, rest: Vec::new() }), background: false }
    }
}

impl Chain {
    pub fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, pipeline)| pipeline))
    }
}

#[derive(Debug)]
pub struct Pipeline {
    /// After `!`.
    pub negated: bool,
    pub stages: Vec<Arc<Command>>,
}

#[derive(Debug)]
pub struct Command {
    pub kind: Kind,
    pub redirects: Vec<Redirect>,
    /// The source line on which it begins.
    pub line: u32,
    /// Its first line, shortened.
    pub text: Box<str>,
}

#[derive(Debug)]
pub enum Kind {
    Simple {
        assignments: Vec<Assignment>,
        words: Vec<Word>,
    },
    Group(List),
    Subshell(Arc<List>),
    If {
        arms: Vec<(List, List)>,
        otherwise: List,
    },
    /// `while` and `until`.
    Loop {
        until: bool,
        condition: List,
        body: List,
    },
    /// Without words it goes through the arguments.
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<(Vec<Word>, List)>,
    },
    Function {
        name: String,
        body: Arc<Command>,
    },
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic(Word),
    /// A construct that is not modelled, with the commands in it.
    Unmodelled(List),
}

impl Kind {
    /// The lists inside that may run, in order. A function's body is none of them: it runs only when it is called.
    pub fn lists(&self) -> Vec<&List> {
        match self {
            Self::Group(list) => vec![list],
            Self::Subshell(list) => vec![list],
            Self::If { arms, otherwise } => {
                arms.iter().flat_map(|(condition, body)| [condition, body]).chain([otherwise]).collect()
            }
            Self::Loop { condition, body, .. } => vec![condition, body],
            Self::For { body, .. } => vec![body],
            Self::Case { arms, .. } => arms.iter().map(|(_, body)| body).collect(),
            Self::Simple { .. } | Self::Function { .. } | Self::Test(_) | Self::Arithmetic(_) | Self::Unmodelled(_) => {
                Vec::new()
            }
        }
    }
}

#[derive(Debug)]
pub struct Assignment {
    pub name: String,
    /// `+=`
    pub appends: bool,
    /// `None` for an array, which is not modelled.
    pub value: Option<Word>,
}

/// A word, in the parts that are expanded differently.
pub type Word = Vec<Part>;

#[derive(Debug)]
pub enum Part {
    /// Plain text, in which patterns count.
    Text(String),
    /// Text that stood in quotes.
    Quoted(String),
    Parameter(Box<Parameter>),
    /// `$(…)` and backquotes.
    Command {
        script: Arc<Script>,
        quoted: bool,
    },
    /// `$((…))`
    Arithmetic(Word),
    /// Something that is not modelled.
    Unmodelled,
}

#[derive(Debug)]
pub struct Parameter {
    pub name: String,
    pub quoted: bool,
    pub change: Change,
}

/// What stands after the name in `${…}`.
#[derive(Debug)]
pub enum Change {
    Nothing,
    /// `${#x}`
    Length,
    /// `-`, `=`, `?` or `+`; with a colon an empty value counts as none.
    Instead {
        sign: char,
        colon: bool,
        word: Word,
    },
    /// `#`, `##`, `%` and `%%`.
    Cut {
        end: bool,
        longest: bool,
        pattern: Word,
    },
    /// `/` and its kin: all of them, or only at the beginning (`#`) or end (`%`).
    Replace {
        all: bool,
        anchor: Option<char>,
        pattern: Word,
        with: Word,
    },
    /// `:offset` and `:offset:length`, both arithmetic.
    Part {
        offset: Word,
        length: Option<Word>,
    },
    /// `^`, `^^`, `,` and `,,`.
    Letters {
        upper: bool,
        all: bool,
    },
}

#[derive(Debug)]
pub struct Redirect {
    pub fd: u8,
    pub kind: RedirectKind,
    /// The file, the descriptor or the text.
    pub target: Word,
}

#[derive(Debug)]
pub enum RedirectKind {
    Write,
    Append,
    /// `&>` and `&>>`.
    Both {
        append: bool,
    },
    Read,
    /// `>&` and `<&`.
    Copy,
    /// `<<`: the text is filled in once its line has ended.
    Here(Arc<OnceLock<Word>>),
    /// `<<<`
    HereString,
    /// `> >(…)`
    Process(Arc<List>),
}

impl RedirectKind {
    /// Whether it opens a file for writing.
    pub fn writes(&self) -> bool {
        matches!(self, Self::Write | Self::Append | Self::Both { .. })
    }
}
