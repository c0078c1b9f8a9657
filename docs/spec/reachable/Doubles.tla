---- MODULE Doubles ----
(* A known limit (ADR 5): what an emptied Redis forgot may run again on a first delivery,
   and then only a handler that is idempotent has its effect once. *)
EXTENDS Flow

Never == ~(\E s \in Steps : world[s] > 1)
========================
