---- MODULE Parks ----
(* An UNDO is out of attempts, and the flow waits for an operator. *)
EXTENDS Flow

Never == ~(saved.status = "PARKED")
======================
