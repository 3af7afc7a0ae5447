// The life of a fine-tuned model through the official Node client, as its documentation writes it.
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.API_KEY });
const line = JSON.stringify({ messages: [{ role: "user", content: "hi" }], script: { epochs: 2, steps: 2 } });
const file = await client.files.create({
  file: await toFile(Buffer.from((line + "\n").repeat(10)), "train.jsonl"),
  purpose: "fine-tune",
});
let job = await client.fineTuning.jobs.create({
  model: "smollm2-135m-instruct",
  training_file: file.id,
  suffix: "node",
  metadata: { client: "node" },
});
while (!["succeeded", "failed", "cancelled"].includes(job.status)) {
  job = await client.fineTuning.jobs.retrieve(job.id);
}
const events = [];
for await (const event of client.fineTuning.jobs.listEvents(job.id, { limit: 3 })) {
  events.push(event.message);
}
const checkpoints = [];
for await (const checkpoint of client.fineTuning.jobs.checkpoints.list(job.id)) {
  checkpoints.push(checkpoint.step_number);
}
const messages = [{ role: "user", content: "adapter" }];
const answer = await client.chat.completions.create({ model: job.fine_tuned_model, messages, n: 2 });
const stream = await client.chat.completions.create({ model: job.fine_tuned_model, messages, stream: true });
let streamed = "";
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
}
const refused = await client.models.retrieve("nothing").catch((error) => [error.status, error.code]);
console.log(
  JSON.stringify({
    status: job.status,
    events: events.reverse(),
    checkpoints,
    answers: answer.choices.map((choice) => choice.message.content),
    streamed,
    refused,
  }),
);
