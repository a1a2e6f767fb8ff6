//! What the functions of the control API share: `calls`, `orders` and `switches`.
//!
//! In reading order: who asks for what ([`asked`]), and what they are told when it is not to be ([`problem`]); how a body is read
//! ([`body`]), what new calls and new orders have in common ([`wanted`]), whether that can be ([`mod@check`]), and which one it is that is
//! asked for ([`identity`]).

pub mod asked;
pub mod body;
pub mod check;
pub mod identity;
pub mod problem;
pub mod wanted;
