-- Of a mail that nobody can attribute, officers are shown the controllers that have its sender as a contact.
create index contacts_by_email on contacts (lower(email));
