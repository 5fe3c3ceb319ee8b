-- Who joins on terms that list a change already has approved it by contract (D46, docs/decisions/046).

-- The versions of a product's terms that list an announced change.
create table listed_in_terms (
  change_id uuid not null references changes,
  terms_version text not null check (char_length(terms_version) between 1 and 200),
  listed_at timestamptz not null,
  listed_by text not null,
  primary key (change_id, terms_version)
);

alter table agreements
  add constraint agreements_terms_version_check check (char_length(terms_version) between 1 and 200);

-- Whether the controller's agreement lists the change: it is not asked, and counts as notified since its window was written.
alter table objection_windows
  add column by_contract boolean not null default false,
  add constraint objection_windows_by_contract
    check (not by_contract or notified_at = created_at and deadline is null);
