---- MODULE TurnReadUncommitted ----
(* A turn is read back though its transaction is still open. *)
EXTENDS Flow

BrokenTurnIsReadable == TRUE
====================================
