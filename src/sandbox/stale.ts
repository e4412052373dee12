/**
 * What a question was answered with before, whatever has changed since: AWS is eventually consistent.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export function asBefore(question: readonly unknown[], output: object, answers: Map<string, object>): object {
  const key = JSON.stringify(question);
  const answer = answers.get(key) ?? copyOf(output);
  answers.set(key, answer);
  return answer;
}

/** For when it is asked again. */
export function keepAnswer(question: readonly unknown[], output: object, answers: Map<string, object>): void {
  answers.set(JSON.stringify(question), copyOf(output));
}

/** Some answers are made of what the world itself holds. */
function copyOf(output: object): object {
  return structuredClone(output);
}
