//! What tokens cost.

use std::{collections::HashMap, str::FromStr};

/// A model's price in US dollars per million tokens, as `MODEL=INPUT/OUTPUT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// The model or inference profile, as bots name it.
    pub model_id: String,
    pub input: f64,
    pub output: f64,
}

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            // An ARN has slashes, and perhaps an equals sign.
            let (model_id, prices) = text.rsplit_once('=')?;
            let (input, output) = prices.split_once('/')?;
            let model_id = model_id.trim().to_owned();
            (!model_id.is_empty()).then_some(Self { model_id, input: dollars(input)?, output: dollars(output)? })
        };
        parse().ok_or_else(|| {
            "must be MODEL=INPUT/OUTPUT in US dollars per million tokens, like amazon.nova-lite-v1:0=0.06/0.24"
                .to_owned()
        })
    }
}

fn dollars(text: &str) -> Option<f64> {
    // Above that it is a slip: no model costs a thousandth of it.
    text.trim().parse().ok().filter(|price| (0.0..=100_000.0).contains(price))
}

/// The prices that are known, by model.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    by_model: HashMap<String, Price>,
}

impl Prices {
    pub fn new(prices: &[Price]) -> Self {
        Self { by_model: prices.iter().map(|price| (price.model_id.clone(), price.clone())).collect() }
    }

    pub fn of(&self, model_id: &str) -> Option<&Price> {
        self.by_model.get(model_id)
    }

    /// Models, and what their input and output cost, for SQL to unnest.
    pub fn columns(&self) -> (Vec<String>, Vec<f64>, Vec<f64>) {
        let mut columns = (Vec::new(), Vec::new(), Vec::new());
        for price in self.by_model.values() {
            columns.0.push(price.model_id.clone());
            columns.1.push(price.input);
            columns.2.push(price.output);
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_names_its_model_whatever_signs_that_has() {
        for model_id in ["amazon.nova-lite-v1:0", "arn:aws:bedrock:us-east-1:1:application-inference-profile/a=b"] {
            assert_eq!(
                format!("{model_id}=0.06/ 0.24").parse(),
                Ok(Price { model_id: model_id.to_owned(), input: 0.06, output: 0.24 })
            );
        }
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in ["", "a", "a=1", "=1/2", "a=1/x", "a=-1/2", "a=NaN/1", "a=inf/1", "a=1/2/3", "a=1e9/1"] {
            assert!(text.parse::<Price>().is_err(), "{text}");
        }
    }
}
