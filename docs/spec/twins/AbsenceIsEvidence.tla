---- MODULE AbsenceIsEvidence ----
(* What an emptied Redis does not have did not happen. *)
EXTENDS Flow

BrokenNothingForgotten(any) == TRUE
==================================
