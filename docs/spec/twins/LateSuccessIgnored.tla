---- MODULE LateSuccessIgnored ----
(* The success of a command that was never committed is ignored. *)
EXTENDS Flow

BrokenRemember(o, s, evidence) == o
===================================
