// The baseline: Bolt for JavaScript as its documentation starts it, with a listener that only
// acknowledges. `node bolt.js API SECRET` says on which port it listens, and stops at SIGTERM.
'use strict';

const { App } = require('@slack/bolt');

const [slackApiUrl, signingSecret] = process.argv.slice(2);

async function main() {
  const app = new App({ token: 'xoxb-bench', signingSecret, clientOptions: { slackApiUrl } });
  app.action(/.*/, async ({ ack }) => {
    await ack();
  });
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
  process.on('SIGTERM', () => process.exit(0));
}

main();
