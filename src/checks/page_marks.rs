//! The marks in the lab's page: `<meta name="..." content="...">`.

/// The content of the last meta element called `name`.
pub(super) fn mark<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let opening = format!("<meta name=\"{name}\" content=\"");
    let (_, after) = html.rsplit_once(&opening)?;
    after.split_once('"').map(|(content, _)| content)
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn the_labs_page_carries_the_marks() {
        let lab = include_str!("../../labs/privatelink/lab.yaml");
        assert_eq!(mark(lab, "pllab-token"), Some("{{ token }}"));
        assert!(mark(lab, "pllab-source").is_some());
    }

    #[test]
    fn marks_are_read() {
        let html = r#"<meta name="pllab-token" content="tok"><meta name="pllab-source" content="10.0.1.5">"#;
        assert_eq!(mark(html, "pllab-token"), Some("tok"));
        assert_eq!(mark(html, "pllab-source"), Some("10.0.1.5"));
        assert_eq!(mark(html, "viewport"), None);
        assert_eq!(mark(r#"<meta name="pllab-token" content="to"#, "pllab-token"), None);
    }
}
