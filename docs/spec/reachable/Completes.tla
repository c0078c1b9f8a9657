---- MODULE Completes ----
(* All goes well though a worker dies. *)
EXTENDS Flow

Never == ~(saved.status = "COMPLETED" /\ faults = 1 /\ commands = {})
==========================
