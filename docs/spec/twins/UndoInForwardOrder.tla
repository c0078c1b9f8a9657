---- MODULE UndoInForwardOrder ----
(* A step is undone while one that depends on it still stands. *)
EXTENDS Flow

BrokenFree(o, s) == TRUE
===================================
