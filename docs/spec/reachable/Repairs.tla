---- MODULE Repairs ----
(* An effect lands after the end, and the flow is undone once more. *)
EXTENDS Flow

Never == ~(saved.status = "UNDONE" /\ saved.repairs > 0)
========================
