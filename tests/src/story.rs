//! The story of item after item.
