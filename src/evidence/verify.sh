#!/usr/bin/env bash
# Verifies this pack with bash, the GNU coreutils and openssl 3, and says in words what is wrong. Exit code 0: nothing is.
#
#   bash verify.sh [--key FILE] [--tsa-ca FILE]
#
# --key     the public key (PEM) of the seals, as you have it from elsewhere; without it you compare the fingerprint yourself
# --tsa-ca  the root certificates (PEM) of the time-stamp services that you trust
set -euo pipefail
export LC_ALL=C
shopt -s globstar dotglob nullglob

readonly BATCH=4096
faults=0
trusted_key='' tsa_roots='' noted=''
say() { printf '%s\n' "$*"; }
good() { say "ok      $*"; }
note() { say "note    $*"; }
wrong() {
  say "WRONG   $*"
  faults=$((faults + 1))
}
die() {
  say "WRONG   $*"
  exit 1
}

while (($# > 0)); do
  case "$1" in
    --key | --tsa-ca) [[ -r ${2:-} ]] || die "cannot read the file of $1: ${2:-none}" ;;
    *) die "expected --key FILE or --tsa-ca FILE, found $1" ;;
  esac
  if [[ $1 == --key ]]; then trusted_key=$(realpath -- "$2"); else tsa_roots=$(realpath -- "$2"); fi
  shift 2
done
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
for tool in sha256sum basenc split openssl; do
  command -v "$tool" > /dev/null || die "$tool is not installed"
done
[[ $trusted_key == '' ]] || openssl pkey -pubin -in "$trusted_key" -noout 2> /dev/null || die "$trusted_key is no public key"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

# Each file as the manifest has it, and no file beside them. $1 the manifest, $2… the files that there are.
check_manifest() {
  local manifest=$1 name
  shift
  if ! sha256sum --check --strict --quiet "$manifest" > "$tmp/sums" 2>&1; then
    while IFS= read -r name; do
      # How many of the files above there are.
      [[ $name == 'sha256sum: WARNING: '*' computed checksum'* ]] || wrong "$manifest: $name"
    done < "$tmp/sums"
  fi
  cut -c 67- "$manifest" | sort > "$tmp/listed"
  printf '%s\n' "$@" | sort > "$tmp/there"
  while IFS= read -r name; do wrong "$name is in the pack, and not in $manifest"; done < <(comm -13 "$tmp/listed" "$tmp/there")
  [[ $(uniq -d "$tmp/listed") == '' ]] || wrong "$manifest lists a file twice"
}

files_of() { # … all that are no folders
  local path
  for path in "$@"; do
    if [[ -L $path ]]; then
      wrong "$path is a link"
    elif [[ ! -d $path ]]; then
      there+=("$path")
    fi
  done
}

# The id of a key: SHA-256 of its 32 bytes.
fingerprint() { openssl pkey -pubin -in "$1" -outform DER | tail -c 32 | sha256sum | cut -d ' ' -f 1; }

verify_files() {
  local there=() faults_before=$faults
  files_of data/**
  check_manifest manifest-sha256.txt "${there[@]}"
  local count=${#there[@]} path
  there=()
  for path in *; do
    case "$path" in
      data | tagmanifest-sha256.txt | signature.bin) ;;
      *) files_of "$path" ;;
    esac
  done
  check_manifest tagmanifest-sha256.txt "${there[@]}"
  ((faults > faults_before)) || good "$count files, each with the hash of the manifest, and no other"
  if openssl pkeyutl -verify -pubin -inkey seal-key.pem -rawin -in tagmanifest-sha256.txt -sigfile signature.bin > /dev/null 2>&1; then
    good "the signature of the manifests, by the key $(fingerprint seal-key.pem)"
  else
    wrong 'signature.bin is not the signature of tagmanifest-sha256.txt by seal-key.pem'
  fi
  check_key seal-key.pem
}

# The key of the pack is the one that was given. That of an epoch may be one that it has replaced: the signature of the pack covers it.
check_key() {
  local id
  id=$(fingerprint "$1")
  if [[ $trusted_key != '' ]]; then
    if [[ $id == $(fingerprint "$trusted_key") ]]; then
      :
    elif [[ $1 == seal-key.pem ]]; then
      wrong "$1 is another key than the one that was given with --key"
    else
      note "$1 is not the key that was given, but $id, which the signature of the pack covers"
    fi
  elif [[ $noted != *$id* ]]; then
    note "whoever made this pack has the key $id: compare it with the key that you have from elsewhere"
    noted+=" $id"
  fi
}

# A C2SP signed note: origin, size, root, and in a later epoch the last checkpoint of the one before; a blank line; the signature
# with its key id. Sets size and root.
verify_checkpoint() {
  local folder=$1 name blob text stated
  local -a line
  mapfile -t line < "$folder/checkpoint.txt"
  origin=${line[0]:-} size=${line[1]:-} root=${line[2]:-} stated=${line[2]:-}
  local last=$((${#line[@]} - 1))
  if ((last < 4 || last > 5)) || [[ ${line[last - 1]} != '' || ${line[last]} != '— '* || ! $size =~ ^[1-9][0-9]{0,14}$ ]]; then
    wrong "$folder/checkpoint.txt is no checkpoint: expected origin, size, root, a blank line and one signature"
    return 1
  fi
  text=$tmp/note-text
  printf '%s\n' "${line[@]:0:last-1}" > "$text"
  ((last == 4)) || note "$origin goes on ${line[3]}: the database was restored or moved there"
  name=${line[last]#— }
  blob=${name##* } name=${name% *}
  printf '%s' "$blob" | base64 -d > "$tmp/blob" 2> /dev/null || true
  tail -c +5 "$tmp/blob" > "$tmp/note-signature"
  # The key id: the first four bytes of SHA-256(name, line feed, 1 for Ed25519, the key).
  local id
  id=$({
    printf '%s\n\1' "$name"
    openssl pkey -pubin -in "$folder/seal-key.pem" -outform DER | tail -c 32
  } | sha256sum | cut -c 1-8)
  if [[ $(head -c 4 "$tmp/blob" | basenc --base16 | tr A-F a-f) != "$id" ]] ||
    ! openssl pkeyutl -verify -pubin -inkey "$folder/seal-key.pem" -rawin -in "$text" -sigfile "$tmp/note-signature" > /dev/null 2>&1; then
    wrong "$folder/checkpoint.txt is not signed by $folder/seal-key.pem"
  else
    good "the checkpoint $origin $size $stated, signed by the key $(fingerprint "$folder/seal-key.pem")"
  fi
  check_key "$folder/seal-key.pem"
  root=$(printf '%s' "$root" | base64 -d 2> /dev/null | basenc --base16 -w 0 | tr A-F a-f) || true
}

verify_time_stamp() {
  local folder=$1 file=$1/timestamp.tsr at seconds roots=$tsa_roots
  local -a how=()
  if ! openssl ts -reply -in "$file" -text > "$tmp/stamp" 2> /dev/null ||
    ! openssl ts -reply -in "$file" -token_out -out "$tmp/token" 2> /dev/null; then
    wrong "$file is no time stamp"
    return
  fi
  openssl pkcs7 -inform DER -in "$tmp/token" -print_certs -out "$tmp/certs.pem" 2> /dev/null || true
  at=
  while IFS= read -r line; do [[ $line != 'Time stamp: '* ]] || at=${line#Time stamp: }; done < "$tmp/stamp"
  seconds=$(date -u -d "$at" +%s) || seconds=0
  if [[ $roots == '' ]]; then
    roots=$tmp/certs.pem
    how=(-partial_chain)
  fi
  if openssl ts -verify -data "$folder/checkpoint.txt" -in "$file" -CAfile "$roots" -untrusted "$tmp/certs.pem" \
    -attime "$seconds" "${how[@]}" > /dev/null 2>&1; then
    good "the time stamp of the checkpoint, $at"
    [[ $tsa_roots != '' ]] || note 'whose service that is you see below; whether you trust it, you say with --tsa-ca'
    while IFS= read -r line; do [[ $line != 'subject='* ]] || note "  ${line#subject=}"; done < "$tmp/certs.pem"
  else
    wrong "$file is no time stamp of $folder/checkpoint.txt by a service that is trusted"
  fi
}

# The files of a folder of at most $BATCH, in order, to one hash a line; the folder is empty afterwards.
hash_batch() {
  (cd "$1" && sha256sum -- *) | cut -d ' ' -f 1
  rm -rf -- "$1"
  mkdir "$1"
}

# Each line of lines.txt is a leaf, and covers by its last word what persons.txt has of persons. Writes `position hash` to level-0.
verify_lines() {
  local folder=$1 row position last=-1 person='' of='' shown=0 hidden=0 leaves=0
  local -a positions=() expected=() of_person=()
  mkdir "$tmp/leaves" "$tmp/persons"
  : > "$tmp/level-0"
  exec 3< "$folder/persons.txt"
  next_person() {
    person='' of=''
    if IFS= read -r person <&3; then of=${person%% *}; fi
  }
  flush() {
    local index=0 hash
    ((${#positions[@]} == 0)) || while read -r hash; do
      say "${positions[index]} $hash"
      index=$((index + 1))
    done < <(hash_batch "$tmp/leaves") >> "$tmp/level-0"
    index=0
    ((${#expected[@]} == 0)) || while read -r hash; do
      [[ $hash == "${expected[index]}" ]] ||
        wrong "what persons.txt has at ${of_person[index]} is not what was sealed"
      index=$((index + 1))
    done < <(hash_batch "$tmp/persons")
    positions=() expected=() of_person=()
  }
  next_person
  while IFS= read -r row; do
    position=${row%% *}
    if [[ ! $position =~ ^(0|[1-9][0-9]{0,14})$ ]] || ((position <= last || position >= size)); then
      wrong "$folder/lines.txt: expected a position from $((last + 1)) to $((size - 1)), found $position"
      return
    fi
    last=$position
    row=${row#* }
    printf -v name '%06d' "${#positions[@]}"
    printf '\0%s' "$row" > "$tmp/leaves/$name"
    positions+=("$position")
    leaves=$((leaves + 1))
    if [[ $of == "$position" ]]; then
      person=${person#* }
      if [[ ! $person =~ ^[0-9a-f]{64}\  ]]; then
        wrong "$folder/persons.txt: expected a key of 64 hexadecimal digits at $position"
        return
      fi
      local key=${person%% *} escaped='' at
      for ((at = 0; at < 64; at += 2)); do escaped+="\\x${key:at:2}"; done
      printf -v name '%06d' "${#expected[@]}"
      {
        # shellcheck disable=SC2059
        printf "$escaped"
        printf '%s' "${person#* }"
      } > "$tmp/persons/$name"
      expected+=("${row##* }")
      of_person+=("$position")
      shown=$((shown + 1))
      next_person
    elif [[ $row != *' -' ]]; then
      hidden=$((hidden + 1))
    fi
    ((${#positions[@]} < BATCH)) || flush
  done < "$folder/lines.txt"
  flush
  [[ $of == '' ]] || wrong "$folder/persons.txt: nothing in lines.txt has the position $of, or it stands out of order"
  exec 3<&-
  rmdir "$tmp/leaves" "$tmp/persons"
  good "$leaves rows read; of $shown also what they say of persons"
  ((hidden == 0)) || note "of $hidden rows what they say of persons is not in the pack: erased, or cut out"
}

# Hashes pairs of nodes, each a line `01LEFTRIGHT` in hexadecimal, to one hash a line.
hash_pairs() {
  local part
  split -l "$BATCH" -a 6 "$1" "$tmp/pairs-of."
  mkdir "$tmp/nodes"
  for part in "$tmp"/pairs-of.*; do
    tr a-f A-F < "$part" | basenc -d --base16 | split -b 65 -a 6 - "$tmp/nodes/n"
    hash_batch "$tmp/nodes"
    rm -- "$part"
  done
  rmdir "$tmp/nodes"
}

# From the leaves and nodes.txt up to the root (RFC 6962): at each level the hashes pair up, but for the last of an odd number.
verify_root() {
  local folder=$1 level index hash held held_hash computed
  local -a peaks=()
  while read -r level index hash; do
    if [[ ! "$level $index $hash" =~ ^(0|[1-9][0-9]?)\ (0|[1-9][0-9]{0,14})\ [0-9a-f]{64}$ ]]; then
      wrong "$folder/nodes.txt: expected a level, an index and a hash, found $level $index $hash"
      return
    fi
    say "$index $hash" >> "$tmp/given-$level"
  done < "$folder/nodes.txt"
  mv "$tmp/level-0" "$tmp/current"
  for ((level = 0; size >> level > 0; level++)); do
    touch "$tmp/given-$level"
    sort -n "$tmp/current" "$tmp/given-$level" > "$tmp/all"
    rm -- "$tmp/given-$level"
    held='' held_hash=''
    : > "$tmp/parents"
    : > "$tmp/pairs"
    while read -r index hash; do
      if [[ $held == '' && $((index % 2)) -eq 0 ]]; then
        held=$index held_hash=$hash
      elif [[ $held != '' && $index -eq $((held + 1)) ]]; then
        say $((held / 2)) >&4
        say "01$held_hash$hash" >&5
        held=''
      else
        wrong "$folder: the proof lacks a node beside the one at level $level, index ${held:-$index}, or has one twice"
        return
      fi
    done < "$tmp/all" 4> "$tmp/parents" 5> "$tmp/pairs"
    if (((size >> level) % 2 == 1)); then
      if [[ $held != $(((size >> level) - 1)) ]]; then
        wrong "$folder: the proof lacks the last node at level $level"
        return
      fi
      peaks+=("$held_hash")
    elif [[ $held != '' ]]; then
      wrong "$folder: the proof lacks the node beside the one at level $level, index $held"
      return
    fi
    if [[ -s $tmp/pairs ]]; then
      hash_pairs "$tmp/pairs" | paste -d ' ' "$tmp/parents" - > "$tmp/current"
    else
      : > "$tmp/current"
    fi
  done
  for index in "$tmp"/given-*; do
    wrong "$folder/nodes.txt has nodes above the tree"
    return
  done
  computed=${peaks[0]:-$(sha256sum < /dev/null | cut -d ' ' -f 1)}
  for hash in "${peaks[@]:1}"; do
    say "01$hash$computed" > "$tmp/pairs"
    computed=$(hash_pairs "$tmp/pairs")
  done
  if [[ $computed == "$root" ]]; then
    good 'all of them stand in the tree under the checkpoint'
  else
    wrong "$folder: the rows have the root $computed, and the checkpoint says $root"
  fi
}

verify_files
for folder in data/proof/epoch-*; do
  say "$folder"
  verify_checkpoint "$folder" || continue
  [[ ! -e $folder/timestamp.tsr ]] || verify_time_stamp "$folder"
  verify_lines "$folder"
  verify_root "$folder"
  rm -rf -- "${tmp:?}"/*
done
if [[ -s data/proof/unsealed.txt ]]; then
  note "$(wc -l < data/proof/unsealed.txt) rows of the pack were not sealed yet: data/proof/unsealed.txt names them"
fi
if ((faults > 0)); then
  say "This pack is NOT as it was made; faults: $faults."
  exit 1
fi
say 'This pack is as it was made, and its rows stand in the sealed record.'
