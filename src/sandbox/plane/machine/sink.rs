//! Where a server's output on an instance goes.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sink {
    /// The serial console, where a boot script's output ends up anyway.
    Console,
    Null,
    /// A file of the imitated disk.
    File {
        path: String,
        append: bool,
    },
}
