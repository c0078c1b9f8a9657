---- MODULE Reopens ----
(* A rejected flow undoes what an aborted transaction has done, and ends UNDONE. *)
EXTENDS Flow

Never == ~(saved.status = "UNDONE" /\ saved.repairs > 0 /\ saved.step["left"].us > 0)
===============================
