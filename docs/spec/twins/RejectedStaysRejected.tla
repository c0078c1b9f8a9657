---- MODULE RejectedStaysRejected ----
(* A rejected flow has sent nothing, so an answer cannot concern it. *)
EXTENDS Flow

BrokenReopens(o, a) == FALSE
===============================
