//! Asks for consent before anything that may cost money is made: says who and where, says the cost, and asks for a
//! typed yes.

use std::fmt::Write as _;
use std::sync::Arc;

use super::context::Context;
use super::exit::{Code, Failed};
use super::target::Target;
use crate::actions::{Charge, Micros, PRICES_AS_OF, cost, label};
use crate::engine::event::{AskError, Event, Money, Screen, cents};
use crate::engine::per_hour;
use crate::i18n::{Text, m};
use crate::lab::{Loaded, Side};
use crate::ui::{markdown, table};

const HOURS_A_DAY: i64 = 24;
const DAYS: i64 = 30;

/// The value of `--accept-cost`: the highest cost of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// Millionths of a US dollar for 24 hours.
    PerDay(Micros),
    /// Any cost, even an unknown one.
    Any,
}

impl std::str::FromStr for Ceiling {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "any" {
            return Ok(Self::Any);
        }
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 6 || part.len() > 6 || !digits(whole) || !digits(part) {
            return Err("USD".to_owned());
        }
        format!("{whole}{part:0<6}").parse().map(Self::PerDay).map_err(|_| "USD".to_owned())
    }
}

/// What the command line says about costs and questions.
#[derive(Clone, Debug)]
pub struct Agreement {
    pub given: Option<Ceiling>,
    pub yes: bool,
    /// The same command line without either flag.
    pub again: String,
}

/// The lab's charges at the target; empty if it costs nothing.
pub fn charges(loaded: &Loaded, region: &str, target: &Target) -> Vec<Charge> {
    if !target.spends() {
        return Vec::new();
    }
    loaded.lab.steps.iter().flat_map(|step| &step.makes).filter_map(|it| cost(it, region)).collect()
}

/// The first screen's line about costs.
pub fn cost_line(target: &Target, charges: &[Charge]) -> Text {
    if target.is_sandbox() {
        m::cli_cost_nothing()
    } else if charges.is_empty() {
        m::money_local()
    } else {
        m::money_opening(per_hour(charges).fine())
    }
}

/// Says who is signed in and where, and the notes about that. Says nothing for the sandbox with one account.
pub fn tell_who(context: &mut Context, target: &Target, source: &Text) -> Result<(), Failed> {
    if target.is_sandbox() && !target.two_accounts() {
        return Ok(());
    }
    let sheet = context.sheet();
    let rows: Vec<Vec<Text>> = [(Side::Provider, m::side_provider()), (Side::Consumer, m::side_consumer())]
        .into_iter()
        .filter_map(|(side, name)| {
            let who = target.identities.get(&side)?;
            Some(vec![name, Text::literal(&who.account), Text::literal(&who.arn)])
        })
        .collect();
    let mut text = table(&[m::aws_column_side(), m::aws_column_account(), m::aws_column_identity()], &rows, sheet);
    text.push('\n');
    let region = m::AwsRegion { region: target.clouds.provider.region(), source }.text();
    for line in [vec![region], target.notes()].concat() {
        text.push_str(&markdown(&line.render(context.lang), sheet));
    }
    text.push('\n');
    context.tell(&text)
}

/// Says what the lab costs, and asks. Returns the event to record if the learner agreed, and `None` if nothing costs
/// anything.
///
/// # Errors
/// Exit code 4 and the figures, if there is no consent.
pub fn ask(
    context: &mut Context,
    charges: &[Charge],
    agreed: &Agreement,
    open: impl FnOnce(&mut Context) -> Arc<dyn Screen>,
) -> Result<(Arc<dyn Screen>, Option<Event>), Failed> {
    if charges.is_empty() {
        return Ok((open(context), None));
    }
    let hour = per_hour(charges);
    let plan = plan(context, charges, hour);
    context.tell(&plan)?;
    let event = |how: String| Event::Consented {
        how,
        per_hour: hour,
        prices_as_of: PRICES_AS_OF.to_owned(),
        charges: charges.to_vec(),
    };
    match agreed.given {
        Some(ceiling) => {
            let how = match ceiling {
                Ceiling::Any => "accept-cost any".to_owned(),
                Ceiling::PerDay(most) => format!("accept-cost {}", cents(most)),
            };
            within(ceiling, hour).map_err(|title| refused(title, hour, agreed))?;
            Ok((open(context), Some(event(how))))
        }
        None if agreed.yes => Err(refused(m::money_yes_is_not_enough(), hour, agreed)),
        None => {
            let screen = open(context);
            match screen.type_word(&m::money_type_yes(), &["yes", "はい"]) {
                Ok(true) => Ok((screen, Some(event("typed".to_owned())))),
                Ok(false) | Err(AskError::Unclear) => Err(refused(m::money_not_agreed(), hour, agreed)),
                Err(AskError::NobodyToAsk) => Err(refused(m::cli_nobody_to_ask(), hour, agreed)),
                Err(AskError::Interrupted) => Err(Failed { report: None, code: Code::Interrupted }),
            }
        }
    }
}

fn within(ceiling: Ceiling, hour: Money) -> Result<(), Text> {
    let day = hour.times(HOURS_A_DAY);
    match ceiling {
        Ceiling::PerDay(_) if day.and_unknown => Err(m::money_price_unknown()),
        Ceiling::PerDay(most) if day.usd_micros > most => {
            Err(m::MoneyAbove { day: cents(day.usd_micros), most: cents(most) }.text())
        }
        Ceiling::Any | Ceiling::PerDay(_) => Ok(()),
    }
}

/// Says that nothing was made, and names the command that agrees to exactly this cost.
fn refused(title: Text, hour: Money, agreed: &Agreement) -> Failed {
    let day = hour.times(HOURS_A_DAY);
    let enough = if day.and_unknown { "any".to_owned() } else { cents(day.usd_micros) };
    let details = vec![m::MoneyFigures { day: day.cents(), hour: hour.fine() }.text(), m::money_nothing_made()];
    Failed::new(Code::Refused, title, details, &[&format!("{} --accept-cost {enough}", agreed.again), "pllab start"])
}

fn plan(context: &Context, charges: &[Charge], hour: Money) -> String {
    let (sheet, lang) = (context.sheet(), context.lang);
    let rows: Vec<Vec<Text>> = charges
        .iter()
        .map(|charge| {
            let price = Money::of(charge.usd_micros_per_hour);
            let rule = if charge.whole_hours { m::money_whole_hours() } else { m::money_by_second() };
            vec![label(&charge.kind, &charge.resource), price.fine(), rule]
        })
        .collect();
    let mut text = table(&[m::money_column_what(), m::money_column_hour(), m::money_column_rule()], &rows, sheet);
    let day = hour.times(HOURS_A_DAY);
    let sum = m::MoneySum { day: day.cents(), hour: hour.fine(), month: day.times(DAYS).cents() }.text();
    let _ = write!(text, "\n{}", markdown(&sum.render(lang), sheet));
    let prices = if charges.iter().all(|charge| charge.confirmed || charge.usd_micros_per_hour.is_none()) {
        m::money_prices(PRICES_AS_OF)
    } else {
        m::money_prices_unconfirmed(PRICES_AS_OF)
    };
    text.push_str(&markdown(&prices.render(lang), sheet));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceilings_are_read_to_the_cent_and_beyond() {
        assert_eq!("2".parse(), Ok(Ceiling::PerDay(2_000_000)));
        assert_eq!("1.78".parse(), Ok(Ceiling::PerDay(1_780_000)));
        assert_eq!("0.000001".parse(), Ok(Ceiling::PerDay(1)));
        assert_eq!("any".parse(), Ok(Ceiling::Any));
        for wrong in ["", ".5", "-1", "1,5", "1e3", "NaN", "1.0000001", "9999999", "$2"] {
            assert!(wrong.parse::<Ceiling>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_ceiling_holds_the_figures_and_nothing_unknown() {
        let known = Money { usd_micros: 100_000, and_unknown: false };
        assert!(within(Ceiling::PerDay(2_400_000), known).is_ok());
        assert!(within(Ceiling::PerDay(2_399_999), known).is_err());
        let unknown = Money { and_unknown: true, ..known };
        assert!(within(Ceiling::PerDay(999_000_000), unknown).is_err());
        assert!(within(Ceiling::Any, unknown).is_ok());
    }
}
