-- Nothing to undo: the check changes nothing.
select 1;
