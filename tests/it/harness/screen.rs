pub struct Key;
pub struct Screen;
