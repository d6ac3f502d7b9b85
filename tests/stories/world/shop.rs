//! What a story's provider sells and to whom, as a seed: products with prices, levels, and customers with lines.
//!
//! A customer is made by its first line, with an agreement of its own, and its Company ID is its account's username.
//! Numbers are given here, so that the same shop written in another order is the same ConnectWise.

use super::{Plan, World};

/// Guards so wide that a story about numbers meets none of them.
pub const WIDE_GUARDS: &str = "\
policy:
  guards:
    line_change: { decrease: { floor: 100000, percent: 20 }, increase: { floor: 100000, percent: 50 } }
    line_money: { floor: 1000000, percent: 30 }
    run_lines: { floor: 100000, percent: 15 }
    run_money: { floor: 10000000, percent: 5 }
";

/// Products, cross-references and customers.
#[derive(Clone, Debug, Default)]
pub struct Shop {
    /// Rows of the catalogue.
    pub products: Vec<String>,
    /// Rows of the integration's table.
    pub cross_references: Vec<String>,
    /// Customers by Company ID, each with its additions.
    pub customers: Vec<(String, Vec<String>)>,
}

impl Shop {
    /// A shop that sells a product at a price.
    pub fn selling(product: &str, price: &str) -> Self {
        Self::default().and(product, price)
    }

    /// One more product.
    pub fn and(mut self, product: &str, price: &str) -> Self {
        let id = 31 + self.products.len();
        self.products.push(format!("{{ id: {id}, identifier: {product}, price: {price} }}"));
        self
    }

    /// At a level, a type is billed as a product.
    pub fn at_level(mut self, level: &str, vendor_type: &str, product: &str) -> Self {
        let id = 11 + self.cross_references.len();
        self.cross_references.push(format!(
            "{{ id: {id}, vendorType: {vendor_type}, vendorLevel: {level}, agreementType: 5, product: {product} }}"
        ));
        self
    }

    /// A customer has a line that bills a quantity.
    pub fn line(self, company: &str, product: &str, quantity: &str) -> Self {
        self.line_with(company, product, &format!("quantity: {quantity}"))
    }

    /// The same, with whatever fields the addition is to have.
    pub fn line_with(mut self, company: &str, product: &str, fields: &str) -> Self {
        let id = 9001 + self.customers.iter().map(|(_, additions)| additions.len()).sum::<usize>();
        let addition = format!("{{ id: {id}, product: {product}, {fields} }}");
        match self.customers.iter_mut().find(|(known, _)| known == company) {
            Some((_, additions)) => additions.push(addition),
            None => self.customers.push((company.to_owned(), vec![addition])),
        }
        self
    }

    /// The companies and their agreements, as rows of a seed.
    pub fn companies_and_agreements(&self) -> (Vec<String>, Vec<String>) {
        let numbered = self.customers.iter().zip(71..);
        let rows = numbered.map(|((company, additions), id)| {
            let agreement = 330 + id;
            (
                format!("{{ id: {id}, identifier: {company} }}"),
                format!(
                    "{{ id: {agreement}, name: {company} Backup, company: {id}, type: 5, additions: [{}] }}",
                    additions.join(", ")
                ),
            )
        });
        rows.unzip()
    }

    /// The seed.
    pub fn seed(&self) -> String {
        let (companies, agreements) = self.companies_and_agreements();
        seed(&self.products, &self.cross_references, &companies, &agreements)
    }

    /// A tenant with this shop, wide guards, and these backup rows.
    pub fn open(&self, rows: &[&str]) -> World {
        let world = World::seeded(&self.seed());
        world.mapping("policy.yaml", WIDE_GUARDS).mapping("backup.yaml", &backup(rows));
        world
    }
}

/// A seed of rows, in the order in which they stand.
pub fn seed(
    products: &[String],
    cross_references: &[String],
    companies: &[String],
    agreements: &[String],
) -> String {
    let list = |rows: &[String]| rows.iter().map(|row| format!("\n  - {row}")).collect::<String>();
    format!(
        "login: {{ company: story, clientId: story }}\n\
         members: [{{ identifier: trueup, publicKey: story, privateKey: story }}]\n\
         agreementTypes: [{{ id: 5, name: Barracuda Backup }}]\n\
         products:{}\n\
         integrations:\n- id: 3\n  name: Barracuda Intronis\n  crossReferences:{}\n\
         companies:{}\n\
         agreements:{}\n",
        list(products),
        list(cross_references),
        list(companies),
        list(agreements)
    )
}

/// A mapping file with these backup rows.
pub fn backup(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("  - {{ {row} }}\n")).collect();
    format!("source: intronis\nintegration: Barracuda Intronis\nintronis_backup_plan:\n{rows}")
}

/// An account that uses so many bytes on a plan with a base size.
pub fn usage(username: &str, plan: &str, base_bytes: &str, used_bytes: &str) -> String {
    format!("{username},{username},ACCOUNT,ACTIVE,{plan},{base_bytes},{used_bytes},0,0,0,0")
}

impl Plan {
    /// A line in short, and what its change adds to the customer's bill a month.
    pub fn short_and_money(&self, company: &str, product: &str) -> String {
        let delta = self.line(company, product)["monthly_delta"].as_str().unwrap_or("?");
        format!("{}, {delta} a month", self.short(company, product))
    }
}

impl World {
    /// What a line of a plan bills in the simulated ConnectWise.
    pub fn billed(&self, plan: &Plan, company: &str, product: &str) -> String {
        let addition = plan.line(company, product)["addition"]["id"].as_u64().expect("it has an addition");
        self.quantity(u32::try_from(addition).expect("additions are numbered from 9001"))
    }

    /// Applies, and asserts that everything was written and verified and nothing is left to do.
    pub fn settle(&self) {
        let applied = self.apply();
        assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
        let again = self.plan();
        assert!(again.is_unchanged(), "something is left to do: {:#}", again.0);
        assert_eq!(again.0["summary"]["hold"], 0, "something is held: {:#}", again.0);
    }
}
