-- Time stamps of checkpoints by services outside (RFC 3161, decision 55).
create table checkpoint_timestamps (
  epoch integer not null,
  size bigint not null,
  -- When, by the service's clock.
  stamped_at timestamptz not null,
  -- Who signed it: the subject of the certificate.
  authority text not null,
  -- The whole response, as openssl ts reads it.
  response bytea not null check (octet_length(response) between 1 and 65536),
  primary key (epoch, size),
  foreign key (epoch, size) references checkpoints
);
