---- MODULE StaleWorkerSilent ----
(* A worker that lost its step keeps silent about the effect it had. *)
EXTENDS Flow

BrokenSaysLate == "NOTHING"
==================================
