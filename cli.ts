#!/usr/bin/env node
process.stdout.write('semantic-router-maas\n');
