#!/usr/bin/env node
console.log('trueup');
