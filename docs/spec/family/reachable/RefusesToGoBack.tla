---- MODULE RefusesToGoBack ----
(* A part has passed its pivot when its parent asks it back. *)
EXTENDS Family

Never == \A p \in Parts : \A i \in 1 .. Len(toFlow[p]) : ~toFlow[p][i].ref
===============================
