---- MODULE AttemptsNotCounted ----
(* The retry policy's limit is forgotten. *)
EXTENDS Flow

BrokenAttemptsLeft(sent, most) == TRUE
===================================
