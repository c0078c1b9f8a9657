---- MODULE NotIdempotent ----
(* A handler is run again though each run has an effect of its own. *)
EXTENDS Flow

BrokenLanding(s) == [world EXCEPT ![s] = @ + 1]
==============================
