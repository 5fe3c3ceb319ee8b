-- Who would be told is counted from indexes alone: for each announcement, and for each step of one that is typed.
create index contacts_of_controllers on contacts (controller_id) include (language, may_approve);
