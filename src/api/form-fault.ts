import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** What is wrong with an input, as a sentence that names the field: the validator's own words are for who wrote the form. */
export function formFault(issue: Issue): string {
  const field = issue.path.filter((part) => typeof part === 'string').join('.');
  const isOneOfMany = typeof issue.path.at(-1) === 'number';
  const subject = field === '' ? 'the request' : `${isOneOfMany ? 'each of ' : ''}“${field}”`;
  return `${subject} ${demandOf(issue)}`;
}

function demandOf(issue: Issue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `does not take ${issue.keys.map((key) => `“${key}”`).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at least ${issue.minimum}`
        : 'must not be empty';
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    default:
      return 'is missing, or not of the form that it takes';
  }
}
