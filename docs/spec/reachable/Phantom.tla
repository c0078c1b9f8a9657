---- MODULE Phantom ----
(* A step that was never sent, as far as is committed, has its effect. *)
EXTENDS Flow

Never == ~(world[Last] > 0 /\ LeadsBack(saved) /\ saved.step[Last].ds = 0)
========================
