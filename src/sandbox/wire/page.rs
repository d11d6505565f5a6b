//! Paging: `MaxResults` and `NextToken` of EC2, `PageSize` and `Marker` of `ELBv2`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::ApiError;
use super::params::Params;

/// A page of an EC2 describe call.
#[derive(Clone, Debug)]
pub struct Page {
    size: usize,
    turned: Turned,
}

impl Page {
    /// For `most`: a larger value is no error, and a page has at most 1,000 items (API:DescribeVpcEndpoints).
    pub const CAPPED: usize = usize::MAX;

    /// Reads `MaxResults` (between `least` and `most`) and `NextToken`. `by_id` says that the call lists ids, which
    /// excludes paging [devguide: Query-Requests].
    pub fn read(params: &Params, least: usize, most: usize, by_id: bool) -> Result<Self, ApiError> {
        let size = params.number::<usize>("MaxResults")?;
        if let Some(size) = size {
            if by_id {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "The parameter MaxResults cannot be used together with a list of ids",
                ));
            }
            // EC2's words, as clients have logged them; those for a value that is too large are UNCONFIRMED.
            let why = if size < least {
                Some(format!("Expecting a value greater than {least}."))
            } else {
                (size > most).then(|| format!("Expecting a value less than or equal to {most}."))
            };
            if let Some(why) = why {
                return Err(ApiError::value("maxResults", &size.to_string(), &why));
            }
        }
        let turned = Turned::read(params, "NextToken");
        let turned = turned.ok_or_else(|| ApiError::new("InvalidNextToken", "The token is not valid"))?;
        let size = size.unwrap_or(usize::MAX);
        Ok(Self { size: if most == Self::CAPPED { size.min(1000) } else { size }, turned })
    }

    /// Cuts this page out of `items`, which are sorted by `key`, and returns the token of the next page.
    pub fn cut<T>(&self, items: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        self.turned.cut(items, self.size, key)
    }
}

/// A page of an `ELBv2` describe call.
#[derive(Clone, Debug)]
pub struct Marker {
    size: usize,
    turned: Turned,
}

impl Marker {
    /// Reads `PageSize` (1 to 400) and `Marker`.
    pub fn read(params: &Params) -> Result<Self, ApiError> {
        let size = params.number::<usize>("PageSize")?;
        if size.is_some_and(|size| !(1..=400).contains(&size)) {
            return Err(ApiError::new("ValidationError", "PageSize must be between 1 and 400"));
        }
        let turned = Turned::read(params, "Marker");
        let turned = turned.ok_or_else(|| ApiError::new("ValidationError", "The marker is not valid"))?;
        Ok(Self { size: size.unwrap_or(400), turned })
    }

    /// Cuts this page out of `items`, which are sorted by `key`, and returns the marker of the next page.
    pub fn cut<T>(&self, items: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        self.turned.cut(items, self.size, key)
    }
}

/// How far an operation's pages were turned. A token is valid only for the operation that returned it.
#[derive(Clone, Debug)]
struct Turned {
    operation: String,
    after: Option<String>,
}

impl Turned {
    /// Reads the token in the parameter `name`; `None` if it is not a token of this operation.
    fn read(params: &Params, name: &str) -> Option<Self> {
        let operation = params.peek("Action").unwrap_or_default().to_owned();
        let Some(token) = params.get(name) else { return Some(Self { operation, after: None }) };
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let after = text.strip_prefix(&operation)?.strip_prefix(':')?.to_owned();
        Some(Self { operation, after: Some(after) })
    }

    fn cut<T>(&self, items: Vec<T>, size: usize, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let is_ahead = |item: &T| self.after.as_ref().is_none_or(|after| key(item) > *after);
        let mut rest: Vec<T> = items.into_iter().filter(is_ahead).collect();
        let more = rest.len() > size;
        rest.truncate(size);
        let last = rest.last().filter(|_| more);
        let next = last.map(|last| URL_SAFE_NO_PAD.encode(format!("{}:{}", self.operation, key(last))));
        (rest, next)
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Params};

    #[test]
    fn pages_follow_each_other_and_end() {
        let items: Vec<String> = ('a'..='l').map(String::from).collect();
        let mut seen = Vec::new();
        let mut form = "MaxResults=5".to_owned();
        loop {
            let page = Page::read(&Params::parse(form.as_bytes()).unwrap(), 5, 1000, false).unwrap();
            let (mut part, next) = page.cut(items.clone(), Clone::clone);
            seen.append(&mut part);
            let Some(next) = next else { break };
            form = format!("MaxResults=5&NextToken={next}");
        }
        assert_eq!(seen, items);
    }

    #[test]
    fn sizes_and_combinations_are_checked() {
        let small = Params::parse(b"MaxResults=4").unwrap();
        assert_eq!(Page::read(&small, 5, 1000, false).unwrap_err().code, "InvalidParameterValue");
        assert_eq!(Page::read(&small, 1, 1000, true).unwrap_err().code, "InvalidParameterCombination");
        let odd = Params::parse(b"NextToken=!!").unwrap();
        assert_eq!(Page::read(&odd, 5, 1000, false).unwrap_err().code, "InvalidNextToken");
    }
}
