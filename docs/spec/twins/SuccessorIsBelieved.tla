---- MODULE SuccessorIsBelieved ----
(* A run that took over is believed when it says that nothing happened. *)
EXTENDS Flow

BrokenVouches(f) == TRUE
====================================
