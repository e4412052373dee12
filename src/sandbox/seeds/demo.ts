/**
 * The organisation that `trueup demo` and `trueup sandbox` start with: six accounts in three regions, in the state
 * that organisations get into. It is text, so that a bundle carries it and a person can print and change it.
 */

/** What the accounts' roles expect; the demo's fleet reads it from the environment. */
export const DEMO_EXTERNAL_ID = 'trueup-demo';

export const DEMO_SEED = `
regions: [eu-west-1, us-east-1, ap-southeast-2]

organization:
  management: "111111111111"
  delegated: ["222222222222"]
  units: [Security, Production, Sandbox, Suspended]
  emptyPage: true

caller: { account: "222222222222", role: trueup-hub, session: demo, policies: [hub, read] }

trueup:
  externalId: ${DEMO_EXTERNAL_ID}
  roles:
    - { name: trueup-read, policies: [read] }
    - { name: trueup-write, policies: [read, write] }

policies:
  hub:
    Version: "2012-10-17"
    Statement:
      - { Effect: Allow, Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], Resource: "arn:aws:iam::*:role/trueup-*" }
      - { Effect: Allow, Action: ["organizations:Describe*", "organizations:List*"], Resource: "*" }
  read:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: ["ec2:Describe*", "ec2:Get*", "iam:Get*", "iam:List*", "securityhub:Describe*", "securityhub:Get*", "securityhub:BatchGet*", "securityhub:List*", "account:Get*", "account:List*", "cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*", "s3:GetAccountPublicAccessBlock"]
        Resource: "*"
  write:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: ["ec2:AuthorizeSecurityGroup*", "ec2:RevokeSecurityGroup*", "ec2:ModifySecurityGroupRules", "ec2:UpdateSecurityGroupRuleDescriptions*", "ec2:CreateTags", "ec2:DeleteTags"]
        Resource: ["arn:aws:ec2:*:*:security-group/*", "arn:aws:ec2:*:*:security-group-rule/*", "arn:aws:ec2:*:*:prefix-list/*"]
      - Effect: Allow
        Action: ["ec2:Enable*", "ec2:Disable*", "ec2:ModifyEbsDefaultKmsKeyId", "ec2:ResetEbsDefaultKmsKeyId", "ec2:ModifyInstanceMetadataDefaults", "iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy", "iam:CreateAccountAlias", "iam:DeleteAccountAlias", "securityhub:Enable*", "securityhub:Disable*", "securityhub:Update*", "securityhub:BatchEnable*", "securityhub:BatchDisable*", "securityhub:BatchUpdate*", "s3:PutAccountPublicAccessBlock"]
        Resource: "*"

templates:
  untouched:
    network:
      "*":
        vpcs:
          - { name: default, default: true }

accounts:
  - id: "111111111111"
    name: management
    like: untouched
    trueup: true
    alias: example-management
    tags: { env: management }
    passwordPolicy: { minimumLength: 14, symbols: true, numbers: true, uppercase: true, lowercase: true, usersMayChange: true, reusePrevention: 24 }

  - id: "222222222222"
    name: security
    ou: Security
    like: untouched
    trueup: true
    alias: example-security
    tags: { env: security, owner: platform }
    passwordPolicy: { minimumLength: 14, symbols: true, numbers: true, uppercase: true, lowercase: true, usersMayChange: true, reusePrevention: 24 }

  - id: "333333333333"
    name: shop-production
    ou: Production
    trueup: true
    alias: example-shop
    tags: { env: production, owner: team-shop }
    passwordPolicy: { minimumLength: 8, numbers: true, usersMayChange: true, maxAge: 90 }
    network:
      eu-west-1:
        prefixLists:
          - name: offices
            maxEntries: 5
            version: 3
            entries:
              - { cidr: 198.51.100.0/24, description: headquarters }
              - { cidr: 203.0.113.0/26, description: Lisbon }
        vpcs:
          - name: default
            default: true
            groups:
              - name: launch-wizard-1
                description: launch-wizard-1 created 2021-03-04T09:12:11.000+01:00
                ingress: ["tcp 22 from 0.0.0.0/0"]
              - name: launch-wizard-2
                description: launch-wizard-2 created 2022-11-18T16:40:02.000+01:00
                ingress:
                  - { rule: "tcp 3389 from 0.0.0.0/0", description: "RDP for the weekend" }
                  - "tcp 3389 from ::/0"
          - name: shop
            cidr: 10.10.0.0/16
            ipv6: true
            tags: { Name: shop, env: production }
            groups:
              - name: web
                description: Public entry of the shop
                tags: { team: shop, tier: web }
                ingress:
                  - { rule: "tcp 443 from 0.0.0.0/0", description: "public HTTPS", tags: { ticket: SHOP-12 } }
                  - { rule: "tcp 443 from ::/0", description: "public HTTPS (IPv6)", tags: { ticket: SHOP-12 } }
                  - { rule: "tcp 80 from 0.0.0.0/0", description: "redirect to HTTPS" }
              - name: app
                description: Application servers
                tags: { team: shop, tier: app }
                ingress:
                  - { rule: "tcp 8080 from group web", description: "load balancer" }
                  - { rule: "tcp 22 from list offices", description: "administration" }
                  - { rule: "tcp 22 from 0.0.0.0/0", description: "temporary, remove after the migration (2023)", tags: { ticket: SHOP-311, owner: dana } }
                  - { rule: "tcp 22 from ::/0", description: "temporary, remove after the migration (2023)" }
              - name: database
                description: PostgreSQL
                tags: { team: shop, tier: data }
                ingress:
                  - { rule: "tcp 5432 from group app", description: application }
                  - { rule: "tcp 5432 from 198.51.100.0/24", description: "reporting from headquarters" }
                egress: []
              - name: bastion
                ingress:
                  - { rule: "tcp 22 from 203.0.113.7/32", description: "on-call, Lisbon" }
                  - { rule: "tcp 22 from 198.51.100.0/24", description: headquarters }
              - name: old-batch
                description: Batch workers, retired in 2022
                tags: { team: batch, note: "nobody remembers" }
                ingress:
                  - { rule: "tcp 5432 from sg-0dead0000000beef0 of 555555555555", description: "peering with the old warehouse" }
                  - { rule: "tcp 22-23 from 0.0.0.0/0", description: "batch operators" }
            interfaces:
              - { name: shop-7, groups: [default], instance: i-0a1b2c3d4e5f60718, description: "forgotten build server", tags: { Name: build-7 } }
              - { name: cluster, groups: [default], description: "Amazon EKS shop", requester: "012345678901", operator: eks.amazonaws.com }
              - { name: app-1, groups: [app], instance: i-0f0e0d0c0b0a09080 }
              - { name: database, groups: [database], requester: amazon-rds, description: RDSNetworkInterface }
      us-east-1:
        prefixLists:
          - { name: com.amazonaws.global.cloudfront.origin-facing, owner: AWS, maxEntries: 55, entries: [13.113.196.64/26, 52.15.127.128/26] }
        vpcs:
          - { name: default, default: true }
          - name: edge
            cidr: 10.20.0.0/16
            groups:
              - name: origin
                description: Origins behind CloudFront
                tags: { team: shop }
                ingress:
                  - { rule: "tcp 443 from list com.amazonaws.global.cloudfront.origin-facing", description: "CloudFront only" }
              - name: debug
                ingress: ["all from 0.0.0.0/0"]
      ap-southeast-2:
        vpcs:
          - { name: default, default: true }

  - id: "444444444444"
    name: "playground @everyone </details>"
    ou: Sandbox
    trueup: true
    tags: { env: sandbox, owner: "everyone, really" }
    network:
      eu-west-1:
        vpcs:
          - name: default
            default: true
            groups:
              - name: default
                ingress:
                  - "all from self"
                  - { rule: "tcp 22 from 0.0.0.0/0", description: "##[add-mask]a" }
                  - { rule: "tcp 3389 from 192.0.2.0/24", description: "![x](http://evil.example)" }
              - name: "@everyone"
                description: "::set-output name=digest::0000 ##[error]"
                tags:
                  Name: "</details><img src=x onerror=alert(1)>"
                  markdown: "\x60\x60\x60 ![x](http://evil.example) | a | b |"
                  direction: "\u202Eevisserp\u202C \u2066hidden\u2069"
                  lines: "first line\\n::error::second line"
                  longest: "${'0123456789abcdef'.repeat(16)}"
                ingress:
                  - { rule: "tcp 0-65535 from 0.0.0.0/0", description: "@everyone #1 !important" }
                  - { rule: "icmp from 0.0.0.0/0", description: ping }
      us-east-1:
        vpcs:
          - name: default
            default: true
            groups:
              - name: minecraft
                description: "do not delete!"
                ingress: ["tcp 25565 from 0.0.0.0/0", "udp 25565 from 0.0.0.0/0", "tcp 22 from 192.0.2.44/32"]
      ap-southeast-2:
        vpcs:
          - { name: default, default: true }
          - { name: experiment, cidr: 10.99.0.0/16 }

  - id: "555555555555"
    name: acquired-analytics
    ou: Production
    tags: { env: production, owner: "joined last month" }
    like: untouched

  - id: "666666666666"
    name: old-lab
    ou: Suspended
    state: SUSPENDED
    like: untouched
    tags: { env: lab }
`;
