//! The files that `gatepost import` writes for projects that can switch, on the tables that these projects have: `gatepost migrate`,
//! the checks of `gatepost doctor`, and the real client.

mod switching;
