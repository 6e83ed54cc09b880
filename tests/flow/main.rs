//! The chain over in-memory ports, with the queues pumped by hand: copies, bad orders, and a crash between any two
//! calls leave the same final state.

mod crashes;
mod orders;
mod races;
mod world;
