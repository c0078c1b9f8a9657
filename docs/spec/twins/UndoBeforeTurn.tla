---- MODULE UndoBeforeTurn ----
(* UNDO is sent in the transaction that decides to turn back. *)
EXTENDS Flow

BrokenMaySendUndo(o) == TRUE
===============================
