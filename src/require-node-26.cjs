// Loaded before anything else, by whatever Node the machine has. An older one must get to this sentence rather than to
// a syntax error, so the file keeps to the JavaScript that every Node understands.
var found = process.versions.node;

if (Number(found.split('.')[0]) < 26) {
  process.stderr.write(
    'Varsel needs Node 26 or newer, and this is Node ' +
      found +
      '. Start it with "npm start" after "npm ci", which brings Node 26 along, or install Node 26.\n',
  );
  process.exit(1);
}
