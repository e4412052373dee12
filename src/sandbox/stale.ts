/**
 * What a question was answered with before, whatever has changed since: AWS is eventually consistent.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export function asBefore(question: readonly unknown[], output: object, answers: Map<string, object>): object {
  const key = JSON.stringify(question);
  // A copy: some answers are made of what the world itself holds.
  const answer = answers.get(key) ?? structuredClone(output);
  answers.set(key, answer);
  return answer;
}
