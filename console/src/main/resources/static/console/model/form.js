/** The form of a task, drawn from the JSON Schema of its answer. */

import {member} from './json.js';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/** Whatever has one of these is more than one plain value: it is written as JSON. */
const COMPOSED = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'const'];

/**
 * The fields of a form; null if the answer is not an object with known fields, and so is written as
 * JSON as a whole.
 * @param schema the schema as an object; null for any answer
 * @return [{name, label, hint, kind: text|longText|number|integer|boolean|choice|json, required, options, schema}]
 */
export function formFields(schema) {
  if (!isObject(schema) || !isObject(schema.properties) || (schema.type ?? 'object') !== 'object' || COMPOSED.some((word) => word in schema)) {
    return null;
  }
  const required = Array.isArray(schema.required) ? schema.required : [];
  const named = Object.entries(schema.properties).map(([name, given]) => {
    const property = isObject(given) ? given : {};
    return {
      name,
      label: typeof property.title === 'string' && property.title ? property.title : name,
      hint: hint(property),
      kind: kind(property),
      required: required.includes(name),
      options: Array.isArray(property.enum) ? property.enum.map((value) => JSON.stringify(value)) : [],
      schema: property,
    };
  });
  const missing = required.filter((name) => !(name in schema.properties));
  return [...named, ...missing.map((name) => ({name, label: name, hint: '', kind: 'json', required: true, options: [], schema: {}}))];
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kind(property) {
  if (COMPOSED.some((word) => word in property)) {
    return 'json';
  }
  if (Array.isArray(property.enum)) {
    return 'choice';
  }
  switch (property.type) {
    case 'string':
      return (property.maxLength ?? 0) > 200 ? 'longText' : 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return property.type;
    default:
      return 'json';
  }
}

function hint(property) {
  const bounds = [
    property.minimum === undefined ? '' : `at least ${property.minimum}`,
    property.maximum === undefined ? '' : `at most ${property.maximum}`,
    property.exclusiveMinimum === undefined ? '' : `more than ${property.exclusiveMinimum}`,
    property.exclusiveMaximum === undefined ? '' : `less than ${property.exclusiveMaximum}`,
    property.minLength > 0 ? `at least ${property.minLength} characters` : '',
    property.maxLength === undefined ? '' : `at most ${property.maxLength} characters`,
    property.format ? String(property.format) : '',
  ].filter((word) => word);
  return [typeof property.description === 'string' ? property.description : '', bounds.join(', ')].filter((word) => word).join(' · ');
}

/** What a field shows before anybody has typed: the schema's default as its input has it. */
export function initial(field) {
  const value = field.schema.default;
  if (value === undefined) {
    return '';
  }
  return field.kind === 'text' || field.kind === 'longText' ? String(value) : JSON.stringify(value);
}

/** What is wrong with the input of a field, or an empty text. The server has the last word. */
export function fieldProblem(field, input) {
  const text = field.kind === 'text' || field.kind === 'longText' ? input : input.trim();
  if (text === '') {
    return field.required && !isText(field) ? `${field.label} is missing.` : '';
  }
  const {schema} = field;
  switch (field.kind) {
    case 'number':
    case 'integer': {
      if (!(field.kind === 'integer' ? INTEGER : NUMBER).test(text)) {
        return `${field.label} must be ${field.kind === 'integer' ? 'a whole number' : 'a number'}.`;
      }
      const n = Number(text);
      const isOut = n < schema.minimum || n > schema.maximum || n <= schema.exclusiveMinimum || n >= schema.exclusiveMaximum;
      return isOut ? `${field.label} must be ${field.hint}.` : '';
    }
    case 'json':
      try {
        JSON.parse(text);
        return '';
      } catch (e) {
        return `${field.label} is no JSON: ${e.message}`;
      }
    default:
      return [...text].length < schema.minLength || [...text].length > schema.maxLength ? `${field.label} must be ${field.hint}.` : '';
  }
}

/** An empty text is an answer where text is required. */
function isText(field) {
  return (field.kind === 'text' || field.kind === 'longText') && !(field.schema.minLength > 0);
}

/**
 * The answer as JSON text. Numbers keep their digits; optional fields that were left empty are left
 * out.
 * @param inputs the texts of the fields by name
 */
export function answerOf(fields, inputs) {
  const members = fields.flatMap((field) => {
    const input = inputs[field.name] ?? '';
    if (field.kind === 'text' || field.kind === 'longText') {
      return input === '' && !field.required ? [] : [`${JSON.stringify(field.name)}:${JSON.stringify(input)}`];
    }
    return input.trim() === '' ? [] : [`${JSON.stringify(field.name)}:${input.trim()}`];
  });
  return `{${members.join(',')}}`;
}

/** The inputs for an answer that was written as JSON; null if it has what the fields cannot show. */
export function inputsOf(fields, answer) {
  let value;
  try {
    value = JSON.parse(answer || '{}');
  } catch {
    return null;
  }
  if (!isObject(value) || Object.keys(value).some((name) => !fields.some((field) => field.name === name))) {
    return null;
  }
  const inputs = {};
  for (const field of fields) {
    const source = member(answer || '{}', field.name);
    if (source === undefined) {
      inputs[field.name] = '';
    } else if (field.kind === 'text' || field.kind === 'longText') {
      if (typeof value[field.name] !== 'string') {
        return null;
      }
      inputs[field.name] = value[field.name];
    } else if (field.kind === 'choice') {
      inputs[field.name] = JSON.stringify(value[field.name]);
    } else {
      inputs[field.name] = source;
    }
  }
  return inputs;
}

/** The messages of the server by the name of their field; those of no field stand under ''. */
export function violationsByField(violations, fields) {
  const found = {};
  for (const {at, message} of violations ?? []) {
    const first = String(at ?? '').split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
    const name = fields?.some((field) => field.name === first) ? first : '';
    const place = name === '' && at ? `${at}: ` : '';
    (found[name] ??= []).push(place + message);
  }
  return found;
}
