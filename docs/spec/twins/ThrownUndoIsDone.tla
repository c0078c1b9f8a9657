---- MODULE ThrownUndoIsDone ----
(* An UNDO that threw is taken for done. *)
EXTENDS Flow

BrokenUndoThrew(f) == SettleUndo(f)
=================================
