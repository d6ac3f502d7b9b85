//! The rules of the house, as tests: who may name whom, which room holds the key to which foreign crate, how large a
//! file and a function may grow, and that nothing lies about unread.

mod house {
    pub mod contract;
    pub mod doors;
    pub mod faults;
    pub mod keys;
    pub mod licences;
    pub mod secrets;
    pub mod sizes;
    pub mod source;
}
